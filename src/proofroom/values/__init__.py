"""Values: raw forms become graded facts; what several rooms need to know about them."""
