"""Plain questions, English or Chinese: which named question is asked, with which parameters, how surely."""
