"""The providers of the demo, one in each module or package. What they share begins with an underscore."""
