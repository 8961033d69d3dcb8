"""Words that say nothing, by language; and by them, which language a text is in."""

import re
from functools import cache

_STOPS = {
    "en": """a about after again all also am an and any are as at back be because been before being below but by can can't cannot
        could did didn't do does doesn't doing don't down during each even few for from further get good got great had has
        hasn't have haven't having he hello her here hers hey hi him his how i i'd i'll i'm i've if in into is isn't it it's
        its just let like lot me more most much my no nor not now of off on once one only or other our ours out over own
        please question really same see she should so some still such than thank thanks that that's the their them then there
        these they they're this those through to too under until up us very was wasn't way we we're were what when where which
        while who why will with won't would yes yet you you're your yours""",
    "de": """aber alle allem allen aller alles als also am an ander andere auch auf aus bei beim bin bis bist bitte da damit danke
        dann das dass dein dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein
        eine einem einen einer eines er es etwas euch euer frage für gegen gewesen gut hab habe haben hallo hat hatte hatten
        hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins ist ja jede jeder jetzt kann kein keine
        keinen können könnte machen man mein meine meinem meinen meiner mich mir mit muss nach nicht nichts noch nun nur ob
        oder ohne schon sehr sein seine seinem seinen seit sich sie sind so soll sollte sondern sonst um und uns unser unsere
        unter viel vom von vor war waren warum was weil wenn wer werden wie wieder will wir wird wo würde zu zum zur zwar
        zwischen über""",
    "fr": """ai aie alors au aucun aussi autre aux avant avec avez avoir avons bien car ce ceci cela ces cet cette ceux chaque ci
        comme comment dans de depuis des deux donc du elle elles en encore entre es est et eu eux faire fait fois font hors
        ici il ils je jusque la le les leur leurs lui là ma mais me merci mes moi moins mon même ne ni nos notre nous on ont
        ou où par parce pas peu peut plus pour pourquoi quand que quel quelle quelles quels qui quoi sa sans se sera ses si
        son sont sous suis sur ta te tes toi ton toujours tous tout toute toutes trop très tu un une vos votre vous vu y à ça
        était été être""",
    "es": """al algo algunos ante antes aquí así aunque cada casi como con contra cual cuando de del desde donde dos durante e el
        ella ellas ellos en entre era es esa ese eso esta este esto estos estoy está están fue gracias ha hace hacer han hasta
        hay he la las le les lo los me mi mis mucho muy más nada ni no nos nosotros o os otra otro para pero poco por porque
        puede puedo que quien qué se ser si sin sobre solo son soy su sus sí también tan tengo tiene todo todos tu tus un una
        uno unos usted y ya yo él""",
    "it": """ad agli ai al alla alle anche ancora avere aveva c'è che chi ci come con cosa così cui da dagli dai dal dalla dalle
        degli dei del della delle dello di dopo dove due e ed era fa fare fatto fino fra già gli grazie ha hai hanno ho i il
        in io la le lei li lo loro lui ma me mi mia mie miei mio molto ne nei nel nella no noi non nostro o ogni per perché
        più poco poi può qual quale quando quella quello questa queste questi questo qui sarà se sei sempre si sia siamo solo
        sono sopra sta stata stato su sua sul sulla suo tra tu tutti tutto un una uno vi voi è""",
    "nl": """aan al alle als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus een eens en er ge geen
        geweest graag haar had heb hebben heeft hem het hier hij hoe hun iemand iets ik in is ja je jij jouw kan kon kunnen
        maar mag me meer men met mij mijn moet na naar niet niets nog nu of om omdat ons onze ook op over reeds te tegen toch
        toen tot u uit uw van veel voor want waren was wat we wel werd wie wij wil worden wordt zal ze zeer zelf zich zij zijn
        zo zonder zou""",
    "pt": """ao aos as até bem com como da das de dela dele depois do dos e ela elas ele eles em entre era essa esse esta estar
        este estou está eu foi foram fui há isso isto já lhe lo mais mas me mesmo meu meus minha muito na nas nem no nos nossa
        nosso não nós o obrigado os ou para pela pelo pode por porque posso qual quando que quem se sem ser será seu seus sim
        sobre sou sua são só também te tem tenho ter teu tu tua tudo um uma você vocês à às é""",
}
_SAID = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
ENOUGH = 2


def languages() -> tuple[str, ...]:
    """The languages that are told apart, by their ISO 639-1 codes."""
    return tuple(_STOPS)


@cache
def stop_words(language: str) -> frozenset[str]:
    """The words of a language that say nothing by themselves; of all known languages together for one that is not known."""
    if language in _STOPS:
        return frozenset(_STOPS[language].split())
    return frozenset(word for words in _STOPS.values() for word in words.split())


def language_of(text: str) -> str:
    """The language most of whose small words stand in a text; "" where fewer than two do, or two languages are alike."""
    said = [word.casefold().replace("\u2019", "'") for word in _SAID.findall(text[:2000])]
    counts = sorted(((sum(word in stop_words(each) for word in said), each) for each in _STOPS), reverse=True)
    (most, language), (next_most, _other) = counts[:2]
    return language if most >= ENOUGH and most > next_most else ""
