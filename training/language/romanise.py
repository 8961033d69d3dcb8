"""Hindi as people type it with a Latin keyboard: from Devanagari, with the spellings that differ from person to person.

There is no native data with a permissive licence, so rows are made: letters by the usual correspondences, the inherent vowel dropped
where it is not spoken (Ohala 1983: between two consonants that both have vowels beside them, and at the end), common words as they are
usually shortened, and a spelling chosen by chance. What is made depends on nothing but the text and the number given.
"""

import random
import unicodedata

CONSONANTS = {
    "क": "k", "ख": "kh", "ग": "g", "घ": "gh", "ङ": "n", "च": "ch", "छ": "chh ch", "ज": "j", "झ": "jh", "ञ": "n", "ट": "t", "ठ": "th",
    "ड": "d", "ढ": "dh", "ण": "n", "त": "t", "थ": "th", "द": "d", "ध": "dh", "न": "n", "प": "p", "फ": "f ph", "ब": "b", "भ": "bh",
    "म": "m", "य": "y", "र": "r", "ल": "l", "ळ": "l", "व": "v w", "श": "sh s", "ष": "sh", "स": "s", "ह": "h", "क़": "q k", "ख़": "kh",
    "ग़": "g", "ज़": "z j", "ड़": "d r", "ढ़": "dh rh", "फ़": "f",
}  # fmt: skip
VOWELS = {
    "अ": "a", "आ": "aa a", "इ": "i", "ई": "ee i", "उ": "u", "ऊ": "oo u", "ऋ": "ri", "ए": "e ay", "ऐ": "ai e", "ओ": "o", "औ": "au",
    "ऑ": "o", "ऍ": "e",
}  # fmt: skip
SIGNS = {
    "ा": "a a aa", "ि": "i", "ी": "i i ee", "ु": "u", "ू": "u oo", "ृ": "ri", "े": "e", "ै": "ai e", "ो": "o", "ौ": "au o", "ॉ": "o", "ॅ": "e",
}  # fmt: skip
HALANT, NUKTA, DOT, MOON, BREATH = "\u094d", "\u093c", "\u0902", "\u0901", "\u0903"
COMMON = {
    "है": "hai hai hai h he", "हैं": "hain hai h", "नहीं": "nahi nahi nhi nahin ni", "मैं": "main mai me mein", "में": "me mein mai",
    "मेरा": "mera", "मेरे": "mere", "मुझे": "mujhe muje mujhko", "यह": "ye yeh yah", "ये": "ye yeh", "वह": "wo woh vo", "वो": "wo vo",
    "और": "aur or nd", "क्या": "kya kya kia", "क्यों": "kyu kyun kyo", "बहुत": "bahut bohot bhot bahot", "हूँ": "hu hun hoon",
    "हूं": "hu hun hoon", "था": "tha", "थी": "thi", "थे": "the", "कि": "ki ke", "की": "ki", "के": "ke", "का": "ka", "को": "ko", "से": "se",
    "पर": "par pe", "भी": "bhi bi", "तो": "to toh", "ही": "hi", "हो": "ho", "गया": "gaya gya", "गई": "gayi gyi gai", "रहा": "raha rha",
    "रही": "rahi rhi", "रहे": "rahe rhe", "कुछ": "kuch kuchh", "अच्छा": "accha acha achha", "अच्छी": "acchi achi", "अपने": "apne",
    "लिए": "liye lie", "साथ": "sath saath", "बाद": "baad bad", "आज": "aaj aj", "कल": "kal", "कर": "kar kr", "करना": "karna krna",
    "करने": "karne krne", "किया": "kiya kia", "हम": "hum ham", "आप": "aap ap", "तुम": "tum", "सब": "sab",
    "एक": "ek", "कोई": "koi", "लेकिन": "lekin lekin par",
    "क्योंकि": "kyunki kyuki", "यार": "yaar yar", "भाई": "bhai", "पैसा": "paisa", "पैसे": "paise", "अब": "ab", "फिर": "fir phir",
    "बस": "bas bus",
    "सकता": "sakta skta", "सकते": "sakte skte", "वाला": "wala vala", "वाले": "wale", "घर": "ghar", "दिन": "din", "समय": "samay time",
    "ज़्यादा": "jyada zyada",
    "ज्यादा": "jyada zyada", "दिया": "diya dia", "मिला": "mila", "मिली": "mili", "अभी": "abhi abi",
    "जब": "jab", "तक": "tak", "कैसे": "kaise kese",
}  # fmt: skip


def romanised(text: str, number: int) -> str:
    """The text in Latin letters; another `number` gives other spellings. What is not Devanagari stays."""
    chance = random.Random(f"{number}:{text}")  # noqa: S311 - the same each time is what is wanted
    habits = {each: chance.choice(options.split()) for each, options in (CONSONANTS | VOWELS | SIGNS).items()}
    words = [_word(word, habits, chance) for word in unicodedata.normalize("NFC", text).replace("।", " . ").split()]
    made = " ".join(words).replace(" . ", ". ").replace(" .", ".")
    return made.lower() if chance.random() < 0.7 else made[:1].upper() + made[1:]


def _word(word: str, habits: dict[str, str], chance: random.Random) -> str:
    bare = word.strip("?!,.;:'\"()…-")
    if bare in COMMON and chance.random() < 0.9:
        return word.replace(bare, chance.choice(COMMON[bare].split()))
    sounds = _sounds(word, habits)
    return "".join(_spoken(sounds))


def _sounds(word: str, habits: dict[str, str]) -> list[tuple[str, str]]:
    """Pairs of a consonant (or other sign) and its vowel; "A" is the inherent one."""
    out: list[tuple[str, str]] = []
    for letter in word:
        if letter in CONSONANTS:
            out.append((habits[letter], "A"))
        elif letter == NUKTA and out:
            before = {"k": "q", "j": "z", "ph": "f", "d": "d", "g": "g"}.get(out[-1][0], out[-1][0])
            out[-1] = (before, out[-1][1])
        elif letter in SIGNS and out:
            out[-1] = (out[-1][0], habits[letter])
        elif letter == HALANT and out:
            out[-1] = (out[-1][0], "")
        elif letter in VOWELS:
            out.append(("", habits[letter]))
        elif letter in DOT + MOON:
            out.append(("n", ""))
        elif letter == BREATH:
            out.append(("h", ""))
        else:
            out.append((letter, ""))
    return out


def _spoken(sounds: list[tuple[str, str]]) -> list[str]:
    out = []
    for at, (first, vowel) in enumerate(sounds):
        if vowel != "A":
            out.append(first + vowel)
            continue
        following = sounds[at + 1] if at + 1 < len(sounds) else None
        last = following is None or not following[0].isalpha()
        before = at > 0 and bool(sounds[at - 1][1])
        between = before and following is not None and following[1] not in {"", "A"} and bool(following[0])
        out.append(first if (last and at > 0) or between else first + "a")
    return out
