"""What the doctor looks at, one file a part of the desk: each yields lines and changes nothing."""
