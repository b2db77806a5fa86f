"""Banks of questions in the formats of other systems: Moodle XML, GIFT, QTI 2.1."""
