"""What somebody talks about more than others do: words, their languages, and how typical each is. Pure counting, no dependencies.

Source: Monroe, Colaresi and Quinn, "Fightin' Words" (2008): the log-odds ratio with an informative Dirichlet prior.
"""

from midchannel.engines.wording.languages import language_of, languages, stop_words
from midchannel.engines.wording.typical import Typical, typical
from midchannel.engines.wording.words import words_of

__all__ = ["Typical", "language_of", "languages", "stop_words", "typical", "words_of"]
