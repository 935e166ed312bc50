"""The brand's side: keys, enrolment, code orders, label content."""
