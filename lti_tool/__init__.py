"""An LTI 1.3 Advantage tool that puts a staged certification programme inside a school's LMS."""
