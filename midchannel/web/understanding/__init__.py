"""Understanding: what texts are said to say, how well, and where a person says otherwise."""
