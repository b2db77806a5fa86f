// The choice goes back to the LMS by itself; the button is for browsers without scripts.
document.querySelector("#send").submit();
