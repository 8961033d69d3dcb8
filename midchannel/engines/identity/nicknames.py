"""Short forms of given names: `formal` gives the name that each stands for, so that Bob and Robert are looked for together."""

_SHORT = """
alexander: alex al sandy sasha alec xander sascha
alexandra: sandra alexa lexi
albert: bert bertie
alfred: alf alfie fred
amanda: mandy
andrew: andy drew
anthony: tony ant
antonia: toni
arthur: art
barbara: barb babs
benjamin: ben benny benji
catherine: cathy kate katie katy kathy kit kitty katherine kathleen cate cath
charles: charlie chuck chas charley
charlotte: lottie
christina: tina chrissie christine
christopher: chris kit topher
daniel: dan danny
david: dave davy
deborah: debbie deb
dorothy: dot dottie dolly
edward: ed eddie ted ned teddy eddy
eleanor: ellie nell nellie nora
elizabeth: liz beth betty lizzie eliza bess bessie betsy libby lisa lizzy elsie elisabeth
emily: em emmy
florence: flo flossie
frances: fanny fran
francis: frank frankie
frederick: fred freddie freddy
gabriel: gabe
geoffrey: geoff jeff jeffrey
george: georgie
gerald: gerry jerry
gregory: greg
harold: harry hal
helen: nell nellie nelly lena
henry: harry hank hal
isabella: bella isabel izzy isobel
jacob: jake
james: jim jimmy jamie jem
jane: jenny janet janie
jennifer: jen jenny jenn
jessica: jess jessie
johann: hans
johannes: hannes
john: jack johnny jon johnnie
jonathan: jon nathan
joseph: joe joey jo
josephine: jo josie
joshua: josh
judith: judy
julia: julie
katharina: kathi kati
kenneth: ken kenny
lawrence: larry laurie
leonard: len lenny leo
louisa: lou lulu
lewis: lew louis
margaret: maggie meg peggy madge greta daisy marge margie rita
maria: mary marie mimi
martha: patty mattie
martin: marty
mary: molly polly may mollie minnie
matilda: tilly maud mattie
matthew: matt matty
maximilian: max
maxwell: max
michael: mike mick mickey micky michi
nancy: nan ann
nathaniel: nat nate
nicholas: nick nicky nico
oliver: ollie noll
pamela: pam
patricia: pat patty tricia trish
patrick: pat paddy
penelope: penny
peter: pete
philip: phil pip phillip
rachel: rae
raymond: ray
rebecca: becky becca
richard: dick rick ricky rich richie
robert: bob rob bobby robbie bert robin
roger: rodge
ronald: ron ronnie
rosemary: rosie rose
samantha: sam
samuel: sam sammy
sarah: sally sadie sara
sebastian: seb basti
simon: si
sophia: sophie
stephanie: steph steffi
stephen: steve steven stevie
susan: sue susie suzy susanna
teresa: terry tess theresa tessa
theodore: ted theo teddy
thomas: tom tommy
timothy: tim timmy
ursula: uschi
valerie: val
veronica: ronnie vera
victoria: vicky vic tori
vincent: vince vinny
virginia: ginny
walter: walt wally
wilhelm: willi
william: bill will billy willy willie liam
winifred: winnie freda
zachary: zach zack
"""

FORMAL: dict[str, str] = {}
for _line in _SHORT.strip().splitlines():
    _name, _, _forms = _line.partition(":")
    FORMAL.setdefault(_name, _name)
    for _form in _forms.split():
        FORMAL.setdefault(_form, _name)


_COMMON = """
abel abigail ada adam adela adele adrian agata agnes ahmed aida aiden aisha alan alana alba alejandro alice alicia alina alma alva amal
amalia amelia amina amir amy ana anders andre andrea andrei anette anita anja anna anne annika anouk ansgar anton ari ariel arne aron
arthur astrid august aurora ava axel ayse barbara bea beatrice bella bernd bianca bjorn bo boris bruno camila cara carina carl carla carlo
carlos carmen carol carole caroline cecilia celia chiara chloe claire clara claudia claudio clemens colin cora cornelia dagmar damian dan
dana daniela daria dario david dean della denis denise diana diego dina dirk dominik donald donna dora doris edda edith edna eileen elena
elias elif elin elina elio elke ella ellen elsa elvira ema emil emilia emilio emma enno eric erica erik erika erin erna ernst eva evan
evelyn ezra fabian fabio fatima felicia felix fernando fiona flora florian franka franz franziska frida friedrich fritz gerda gesa gina
gisela giulia giulio grace greta gudrun gunther gustav hana hanna hannah hanno hans harald heide heike heiko helga helge helmut hilda
hilde holger hugo ian ida ilse ina ines inga inge ingo ingrid irena irene irina iris irma isa isaac ivan ivana ivo jack jan jana janina
jasmin jason javier jean jens jill joan joana joel jonas jorge jose josef juan juana judith julian juliana juliane julius justin justina
karen karim karin karina karl karla katja katrin katya kevin kira klara klaus kurt lara lars laura lea leah leila lena leon leona leonie
levi lia lidia lilian liliana lily lina linda linus lior lisa lola lore lorena lorenz lothar louise luca lucas lucia lucy luis luisa luka
lukas luna lydia lynn maja malte manuel manuela marc marcel marco marcus margot mariana marianne marina mario marion marius mark marko
markus marlene marta marvin mathilda maya mehmet melanie melina melissa mia mika mila milan milena milo mina mira miranda miriam mohammed
mona monica monika moritz nadia nadine naomi natalia natalie nele nicola nicolai nicolas nicole niklas nikola nils nina noah noel noemi
norbert norman oda olaf olga olivia omar oscar oskar otto pablo paola paolo patricio paul paula pauline pavel pedro petra pia pierre piotr
rafael ralf ramona raul rebekka regina renate rene ricarda rita robin roland rolf roman romina rosa ruben rudolf rut ruth ryan sabina
sabine sabrina salma samira sara sascha scott sean selma serena sergio silke silvia simona simone sina sofia sonia sonja sophie stefan
stefanie steffen stella sven svenja sylvia tamara tanja tara tatjana terence thea thelma theo thorsten tilda till tim timo tina tobias
tomas toni torsten trude udo ulf ulla ulrich ulrike una uta ute uwe vera verena viktor viola vivian vivien volker wanda wendy werner
wiebke wilma wolf wolfgang xenia yara yasmin yusuf yvette yvonne zara zoe
"""
COMMON = frozenset(_COMMON.split())
"""Given names that many have: one of them is no slip of the keyboard for another."""

_SPELLINGS = """
ana anna anne ann anja annika; sara sarah; hana hanna hannah; erik eric; erika erica; karl carl; klara clara; carla karla; marc mark marco
marko markus marcus; luca luka lucas lukas; maja maya; leah lea; sofia sophia sophie; katja katya; jose josef joseph; tomas thomas; stefan
stephan stephen; niklas nicolas nicholas nicolai; nicola nikola; vivian vivien; monica monika; oscar oskar; julian julius; sonja sonia;
viktor victor; rut ruth; rebekka rebecca; louise luisa louisa; mathilda matilda; natalia natalie; lia leah lea; thelma telma; elin ellen;
emma ema; silvia sylvia; mohammed mohamed muhammad; lilian lily; tim timo timothy; till tilo; theo theodore; ari aron ariel; ian jan;
felix felicia
"""
_SPELLED: dict[str, frozenset[str]] = {}
for _group in _SPELLINGS.replace("\n", " ").split(";"):
    for _form in _group.split():
        _SPELLED[_form] = _SPELLED.get(_form, frozenset()) | frozenset(_group.split())


def are_one(left: str, right: str) -> bool:
    """Whether two names are forms or spellings of one: Bob and Robert, Sara and Sarah."""
    return formal(left) == formal(right) or right in _SPELLED.get(left, ())


def is_known(name: str) -> bool:
    """Whether a name is one that many have."""
    return name in COMMON or name in FORMAL


def formal(name: str) -> str:
    """The given name that a short form stands for; any other name itself."""
    return FORMAL.get(name, name)
