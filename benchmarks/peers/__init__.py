"""Other optimisers on our problem: one instance, one limit, one cost; each as well used as we know how."""
