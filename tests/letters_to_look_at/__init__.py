"""Every letter as people will see it: pictures to look at, and what a browser can measure of them by itself."""
