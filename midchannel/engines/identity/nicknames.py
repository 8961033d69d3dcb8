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


def formal(name: str) -> str:
    """The given name that a short form stands for; any other name itself."""
    return FORMAL.get(name, name)
