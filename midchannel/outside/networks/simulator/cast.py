"""The people of the network. Nobody of them exists: family names are things, and their mail ends in .example."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """A persona before it lives anywhere. `temper` is one of calm, terse, angry, chatty."""

    name: str
    language: str
    temper: str
    has_mail: bool

    @property
    def user(self) -> str:
        """The name before the @."""
        return self.name.lower().replace(" ", ".").replace("'", "").translate(PLAIN)

    @property
    def handle(self) -> str:
        """The handle on the simulated network."""
        return f"@{self.user}@simulator"

    @property
    def email(self) -> str:
        """A mail address that the network has verified, or nothing."""
        return f"{self.user}@mail.example" if self.has_mail else ""


PLAIN = str.maketrans("áâäàçéèêëíïñóôöúüćčłńřşšžı", "aaaaceeeeiinooouucclnrsszi")

CAST = tuple(
    Role(name, language, temper, has_mail)
    for name, language, temper, has_mail in (
        ("Marisol Quince", "es", "chatty", True),
        ("Tobias Wolkenheim", "de", "calm", True),
        ("Aiko Paperlantern", "en", "calm", True),
        ("Olumide Sunbird", "en", "chatty", True),
        ("Ingrid Nordwind", "de", "terse", False),
        ("Pierre Brindille", "fr", "calm", True),
        ("Fatou Calabash", "fr", "chatty", False),
        ("Rajiv Monsoon", "en", "calm", True),
        ("Mei Bambooleaf", "en", "terse", True),
        ("Zeynep Tulipfield", "en", "angry", True),
        ("Dmitri Birchbark", "en", "terse", False),
        ("Chiara Limoncella", "en", "chatty", True),
        ("Kwame Drumbeat", "en", "calm", False),
        ("Siobhán Peatsmoke", "en", "angry", True),
        ("Łukasz Amberstone", "en", "calm", True),
        ("Nour Jasminegate", "en", "calm", True),
        ("Tane Fernfrond", "en", "chatty", False),
        ("Ximena Cactusflower", "es", "angry", True),
        ("Björn Driftwood", "en", "terse", True),
        ("Priya Cardamom", "en", "chatty", True),
        ("Amadou Baobab", "fr", "calm", True),
        ("Greta Kieselstein", "de", "angry", True),
        ("Hyun-woo Kitestring", "en", "calm", False),
        ("Leilani Tidepool", "en", "calm", True),
        ("Mateus Figueroot", "en", "terse", True),
        ("Oksana Sunflower", "en", "angry", False),
        ("Youssef Saffron", "fr", "terse", True),
        ("Nkechi Palmwine", "en", "calm", True),
        ("Élodie Plumeverte", "fr", "angry", False),
        ("Farid Pomegranate", "en", "chatty", True),
        ("Anja Haferkorn", "de", "chatty", True),
        ("Diego Piedrazul", "es", "terse", True),
        ("Thandiwe Rainstick", "en", "calm", True),
        ("Viktor Snowglobe", "en", "angry", True),
        ("Linh Lotuspond", "en", "calm", True),
        ("Hamish Thistledown", "en", "terse", False),
        ("Carmen Abanico", "es", "calm", True),
        ("Noa Olivebranch", "en", "calm", True),
        ("Sven Klabauter", "de", "terse", False),
        ("Aroha Moonpebble", "en", "chatty", True),
    )
)
