"""What a heading means: the vocabulary that publishers of market reports share, whatever they call their chapters."""

import re
from functools import lru_cache

_FILLER = re.compile(
    r"\b(?:the|a|an|global|worldwide|world|market|markets|market's|markets'|industry"
    r"|report|analysis|of|in|this|for|overview of|study)\b"
)
_EDGES = " \t:;,.-–—&()[]?!|/’'\"“”"
_BRACKET_TAIL = re.compile(r"\s*\([^()]*\)\s*$")
_NUMBERING = re.compile(r"^(?:chapter\s+\d+[.:)]?|\d{1,2}(?:\.\d{1,3})*[.:)]?)\s+", re.I)

_VOCABULARY: tuple[tuple[str, str], ...] = (
    (
        "contents",
        r"(?:detailed |full )?(?:table (?:of )?contents?|contents|toc|list chapters|chapters?(?: outline)?)(?: toc)?",
    ),
    (
        "takeaways",
        r"(?:key |main |major |top )?(?:take-?aways?|highlights|key findings|findings|key "
        r"points|key statistics|key stats|at glance|snapshot highlights)(?: (?:&|and) .*)?",
    ),
    ("takeaways", r"key (?:trends? (?:&|and) )?insights?|key trends (?:&|and)"),
    (
        "developments",
        r"(?:key |recent |latest |major |strategic |notable )*(?:developments?|news|milestones"
        r"|happenings)(?: (?:&|and) (?:news|developments|strategies|initiatives|trends"
        r"|milestones))?",
    ),
    (
        "developments",
        r"(?:recent|latest|key|major) (?:innovations|initiatives|moves|strategic (?:moves"
        r"|initiatives|developments)|partnerships|launches|activities|mergers.*)",
    ),
    (
        "segmentation",
        r"(?:key |detailed |by )?(?:segments?|segmentation|segmental|segmentations)(?: (?:&"
        r"|and) (?:scope|coverage|forecast|sub-?segments?))?(?: covered| profiled| included"
        r"| review| insights?| overview| outlook| scope| breakdown| breakup)?",
    ),
    ("segmentation", r"(?:scope and segmentation|segments covered.*)"),
    (
        "geography",
        r"(?:by |key )?(?:regions?|regional|geograph(?:y|ic|ical|ies)|countr(?:y|ies)"
        r"|region(?:al)? (?:&|and) countr(?:y|ies)|countr(?:y|ies) (?:&|and) "
        r"region(?:al)?)(?:[ -](?:level|wise))?(?: (?:insights?|outlook|overview|scope|trends?"
        r"|segmentation|segments?|segment|landscape|breakdown|forecast|coverage|covered"
        r"|estimates?|perspective|dynamics|&|and|trend))*",
    ),
    (
        "geography",
        r"regions? (?:and|&) countries (?:analy[sz]ed|covered|included).*|(?:regions?"
        r"|countries) (?:analy[sz]ed|covered|included)|segmentation by (?:geography|regions?"
        r"|country)",
    ),
    (
        "forces",
        r"(?:key )?(?:dynamics|forces|influencing factors|growth dynamics|factors)(?: (?:&"
        r"|and) trends)?|drivers?,? (?:restraints?|challenges?|opportunit).*|drivers? (?:&"
        r"|and) (?:restraints?|challenges?|opportunit\w+|trends).*|dro[ct]?s?",
    ),
    (
        "drivers",
        r"(?:key |major |growth |main |primary |top )*(?:drivers?(?: impact)?|driving "
        r"(?:factors?|forces?)|growth (?:factors?|drivers?)|propelling factors?|factors "
        r"driving.*|what is driving.*|what factors are driving.*)(?: growth)?",
    ),
    (
        "restraints",
        r"(?:key |major |main )*(?:restraints?|restraining (?:factors?|forces?)|hindering "
        r"factors?|limiting factors?|limitations|restraints? (?:&|and) challenges?|barriers"
        r"|hindrances|inhibitors|factors restraining.*|restraints? impact)",
    ),
    ("challenges", r"(?:key |major |main )*(?:challenges?|threats|pain points)"),
    ("opportunities", r"(?:key |major |main |growth |emerging |lucrative )*(?:opportunit(?:y|ies))"),
    ("trends", r"(?:key |latest |emerging |major |recent |current |future |top )*(?:trends?)(?: (?:&|and) .*)?"),
    ("matrix", r"(?:comprehensive )?(?:impact matrix|forces? impact matrix|matrix|impact)"),
    (
        "players",
        r"(?:list )?(?:some )?(?:key |major |leading |top |prominent |main |major |other "
        r"|dominant )*(?:players?|compan(?:y|ies)|vendors?|manufacturers|participants"
        r"|competitors|leaders|suppliers|brands|organi[sz]ations)(?: list)?(?: covered| "
        r"profiled| included| operating| analy[sz]ed| mentioned| are| include| includes| "
        r"profiles?| names?| list| insights?| information| share(?: insights?)?| (?:&|and) "
        r"share(?: insights?)?)*",
    ),
    ("players", r"(?:compan(?:y|ies)|players|vendors) (?:covered|profiled?s?|mentioned)"),
    (
        "competitive",
        r"(?:competitive|competition|competitor|competitors?)(?: (?:landscape|scenario"
        r"|insights?|environment|overview|outlook|intelligence|dynamics|structure"
        r"|benchmarking))*|(?:vendor|company) landscape|competitive landscape .{0,40}|key "
        r"players (?:&|and) competitive.*|competitive (?:landscape )?(?:&|and) .{0,40}",
    ),
    ("pest", r"pest(?:le|el)?(?: framework)?"),
    ("porter", r"porter(?:'s|s|’s)?(?: (?:five|5))?(?: forces?)?(?: model| framework)?|five forces"),
    (
        "analyst_view",
        r"(?:key )?analysts?(?:'s?|’s?)? (?:views?|opinions?|perspectives?|comments?|insights?"
        r"|note|briefing|viewpoint|take)|expert (?:opinion|view|insights?)",
    ),
    ("outlook", r"(?:future )?(?:outlook|prospects)|(?:future|forecast) (?:outlook|scope)(?: .{0,20})?|conclusion"),
    ("methodology", r"(?:research |our )?(?:methodology|methods?|approach|data sources)(?: (?:&|and) .{0,40})?"),
    ("abbreviations", r"(?:list )?(?:abbreviations?|acronyms|glossary)(?: (?:&|and) .{0,20})?(?: used)?"),
    (
        "definition",
        r"(?:definitions?|what is .{0,80})(?: (?:&|and) (?:study )?scope)?|product "
        r"definitions?|(?:definition|introduction) (?:&|and) .{0,20}(?:scope|definition)",
    ),
    (
        "scope",
        r"(?:scope|report scope|scope (?:&|and) .{0,40}|study scope|coverage|attributes?"
        r"|attribute details?|details|key (?:attributes|data|facts|figures)|quick facts|facts"
        r"|snapshot|summary table|coverage (?:&|and) deliverables)",
    ),
    ("executive_summary", r"executive (?:summary|synopsis)"),
    ("introduction", r"introduction|preface"),
    (
        "objectives",
        r"(?:research )?objectives?(?: (?:&|and) assumptions)?|assumptions(?: (?:&|and) "
        r"limitations)?|(?:research )?objectives (?:&|and) .{0,40}",
    ),
    (
        "overview",
        r"(?:overview|size|size (?:&|and) (?:share|forecast|growth|trends|overview)|key "
        r"overview|description|insights?|size,? share.*|size (?:&|and).*|size overview|value"
        r"|valuation|growth|background|summary|synopsis|summary (?:&|and) overview)",
    ),
    (
        "faq",
        r"(?:frequently asked questions?|faqs?|people also ask(?:ed)?|questions answered|key "
        r"questions(?: answered)?(?: by| in)?)(?: \(?faqs?\)?)?.{0,20}",
    ),
    ("concentration", r"concentration|concentration (?:&|and) characteristics"),
    (
        "boilerplate",
        r"(?:about (?:us|company|author.*|publisher)|key benefits.{0,40}|contact(?: us)?|related\b.{0,60}"
        r"|(?:explore )?(?:similar|adjacent|other|more) (?:reports?|insights?|studies|research|topics|titles).{0,40}"
        r"|explore (?:more|our|related|other).{0,40}|(?:you )?(?:may|might) also (?:like|be).{0,40}|recommended.{0,40}"
        r"|(?:trending|latest|featured|popular|new|top selling|recently published) (?:reports?|publications|studies)"
        r"|(?:people|readers|customers|clients|users|others) also (?:viewed|read|bought|searched).{0,30}|see also"
        r"|further reading|read next|more from.{0,40}|(?:request|get|download|buy|purchase|enquire|inquire|order"
        r"|ask)\b.{0,60}|why (?:choose|buy|us|purchase).{0,40}|customi[sz]ation.{0,40}"
        r"|license types?|select license.*|share|share this.*|subscribe.*|newsletter.*"
        r"|cookies?.{0,30}|privacy policy|terms.{0,30}|press releases?|testimonials?|reviews?"
        r"|client(?:s|ele).{0,20}|pricing|our (?:clients|services)|tags?|browse.{0,40})",
    ),
)
_KINDS = tuple(kind for kind, _ in _VOCABULARY)
_ANY_HEADING = re.compile("|".join(f"(?P<k{number}>{pattern})" for number, (_, pattern) in enumerate(_VOCABULARY)))

_PLAYER_LEAD = re.compile(
    r"^(?:some (?:of )?(?:the )?)?(?:the )?(?:list of )?(?P<rank>key|major|leading|top"
    r"|prominent|main|dominant|notable|market leaders)\b[^.]{0,100}?"
    r"\b(?:players|companies|vendors|manufacturers|participants|competitors"
    r"|leaders)\b[^.]{0,120}?(?::|\binclude[sd]?:?|\bare:?)$",
    re.I,
)
_PROFILE_LEAD = re.compile(
    r"profile of each (?:market )?(?:player|company)|each company profile|company "
    r"profiles? (?:cover|include|contain)",
    re.I,
)

_TYPICAL_DIMENSION = re.compile(
    r"(?:product|type|product type|application|end[- ]?us(?:e|er)s?|end[- ]?use industry"
    r"|component|technology|material|material type|distribution channel|sales channel"
    r"|channel|industry vertical|vertical|deployment(?: mode)?|organi[sz]ation size"
    r"|enterprise size|service|services|service type|solution|offering|form|source|grade"
    r"|vehicle(?: type)?"
    r"|propulsion|capacity|power rating|process|function|ingredient|nature|packaging"
    r"|packaging type|price range|age group|gender|disease(?: type)?|route of "
    r"administration"
    r"|drug class|treatment|modality|usage|model|platform|mode|connectivity|voltage|design"
    r"|size|category|equipment|crop type|battery type|fuel type|indication|industry|user"
    r"|flavou?r)",
    re.I,
)
_DIMENSION = (
    re.compile(r"^(?:.{0,80}?,? )?segmentation,? (?:by|based on|on the basis of) (?P<name>[^.:;]{2,60})$", re.I),
    re.compile(
        r"^(?:global )?(?:.{0,80}\bmarket(?: size| share| revenue)?,? )?(?:(?:segment "
        r")?(?:analysis|insights|outlook|breakdown|overview|share) )?(?:by|based on|on the "
        r"basis of) (?P<name>[^.:;]{2,60}?)(?: (?:segment )?(?:analysis|insights?|outlook"
        r"|segment|overview|segmentation))*(?: ?\([^()]{0,80}\))?(?:,? (?:19|20)\d\d ?[-–—] "
        r"?(?:19|20)\d\d.{0,40})?$",
        re.I,
    ),
    re.compile(
        r"^(?P<name>[A-Za-z][\w &/-]{1,40}?) (?:insights?|outlook|segment insights?|segment "
        r"analysis|segment overview|segmentation|segmentation analysis|type analysis)(?: "
        r"?\([^()]{0,80}\))?$",
        re.I,
    ),
    re.compile(r"^(?P<name>[A-Za-z][\w &/-]{1,40}?) (?:analysis|overview|segment)$", re.I),
)
_NOT_A_DIMENSION = re.compile(
    r"(?:.*-wise|key|market|competitive|competitor|future|industry|consumer|strategic|pricing"
    r"|price|swot|pest|pestle|porter.*|value chain|supply chain|impact|trend|company"
    r"|vendor"
    r"|technology roadmap|regulatory|patent|trade|import.*|export.*|forecast|gap|demand"
    r"|cost|risk|segment|segmental|executive|product life ?cycle|growth|investment|case "
    r"study|covid.*"
    r"|ecosystem|macro.*|historical|overall|detailed|.*\bmarket|.*\blandscape|.*\bdynamics"
    r"|political|economic|social|technological|legal|environmental|research|business"
    r"|financial|analyst|expert)",
    re.I,
)
_PUBLISHER = re.compile(r"\b(?:research|intelligence|insights|consulting|analytics|reports|experts|author)\b", re.I)
GEOGRAPHY_NAME = re.compile(
    r"(?:key )?(?:geograph(?:y|ic|ical|ies)|regions?|regional|countr(?:y|ies)"
    r"|geographic(?:al)? regions?|regions? and countr(?:y|ies))(?: covered| analysis| "
    r"insights| outlook)?",
    re.I,
)


def is_typical_dimension(name: str) -> bool:
    """True for names that publishers give dimensions everywhere: product, end user, distribution channel."""
    return bool(_TYPICAL_DIMENSION.fullmatch(name))


def market_of_title(title: str) -> str:
    """The subject of the market a title names: "Car Sunroof" of "Global Car Sunroof Market Size ..."; empty if none."""
    match = re.match(
        r"^(?:what is the |how big is the |the |global |worldwide |world )*(.{2,100}?)\s+market(?:s)?\b", title, re.I
    )
    if not match or title.rstrip().endswith("."):
        return ""
    subject = match[1].strip(" -–—:|")
    return "" if re.search(r"[.!?:;|]|\b(?:is|was|are|this|by|in)\b", subject, re.I) else subject


@lru_cache(maxsize=4096)
def bare(text: str, subject: str = "") -> str:
    """A heading in lower case without the market's name, its numbering and the words every heading has."""
    words = _BRACKET_TAIL.sub("", _NUMBERING.sub("", " ".join(text.split()))).lower().strip(_EDGES)
    if subject:
        words = words.replace(f"{subject.lower()} market", " ").replace(subject.lower(), " ")
    words = words.replace("opportunity analysis", "opportunities").replace("’", "'")
    return " ".join(_FILLER.sub(" ", words).split()).strip(_EDGES)


@lru_cache(maxsize=4096)
def kind_of_heading(text: str, subject: str = "") -> str:
    """The kind of section a heading begins; "name" when it is only the market's own name; empty when unknown."""
    text = text.strip()
    if not text or len(text) > 160:
        return ""
    if _PROFILE_LEAD.search(text):
        return "profile_template"
    if match := _PLAYER_LEAD.match(text):
        return "major_players" if match["rank"].lower() == "major" else "players"
    words = bare(text, subject)
    if not words:
        return "name"
    if (match := _ANY_HEADING.fullmatch(words)) and match.lastgroup:
        kind = _KINDS[int(match.lastgroup[1:])]
        return "major_players" if kind == "players" and words.startswith("major") else kind
    return ""


@lru_cache(maxsize=4096)
def dimension_of_heading(text: str, subject: str = "") -> str:
    """The dimension that a heading such as "Segmentation by Material" or "Type Insights" opens; or empty."""
    text = _NUMBERING.sub("", _BRACKET_TAIL.sub("", text.strip())).strip(_EDGES)
    if not text or len(text) > 160:
        return ""
    if subject and text.lower().startswith(subject.lower()) and "by " not in text.lower():
        text = text[len(subject) :].strip(_EDGES).removeprefix("Market").removeprefix("market").strip(_EDGES)
    for order, pattern in enumerate(_DIMENSION):
        if match := pattern.match(text):
            name = match["name"].strip(_EDGES)
            if order >= 2 and _NOT_A_DIMENSION.fullmatch(name):
                continue
            if order == 3 and not _TYPICAL_DIMENSION.fullmatch(name):
                continue
            if _PUBLISHER.search(name):
                continue
            if len(name.split()) <= 7 and "," not in name:
                return name if name[:1].isupper() else name[:1].upper() + name[1:]
    return ""
