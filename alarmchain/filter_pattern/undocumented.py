"""The catalogue of what AWS's documents leave open about filter patterns."""

from alarmchain.three_valued import doubt

# The behaviours that are undocumented or disputed. Each parses; where the readings would give
# different answers the comparison is unknown. "2018-21" is the text of the user guide's page
# "Filter pattern syntax" in those years, whose stricter sentences were dropped in 2022.

INNER_STAR = doubt("a * inside a string is literal in the guide of 2018-21, undocumented since")
QUOTED_STAR = doubt('"*" in quotes may ask for any string or for existence')
BACKSLASH = doubt("a backslash in a quoted string is undocumented")
BARE_SIGNS = doubt("a word with other signs than letters, digits, _ . * needs quotes")
KEYWORD_CASE = doubt("keywords in lower case are undocumented")
UNDOTTED_KEY = doubt("$['key'] without the dot is undocumented")
NUMBER_FORM = doubt("a number without digits on both sides of its point is undocumented")
NUMBER_PRECISION = doubt("how many digits of a number count is undocumented")
NUMBER_AND_TEXT = doubt("a number against a string is undocumented")
BOOLEAN_VALUE = doubt("= and != against true or false are undocumented (IS TRUE, IS FALSE)")
NULL_VALUE = doubt("= and != against null are undocumented (IS NULL)")
ANY_ELEMENT_DIFFERS = doubt("!= and NOT EXISTS on a wildcard may ask for any element or for all")
WILDCARD_ELSEWHERE = doubt("[*] on anything but an array, .* on anything but an object")
UNUSUAL_REGEX = doubt(
    "an anchor in the middle of a regular expression or an empty alternative is undocumented, "
    "and very large repeats are not followed"
)
RAW_TEXT = doubt("the exact text of an event (spaces, order, escapes) is undocumented")
SPACE_DELIMITED = doubt("a space-delimited pattern on JSON events is undocumented")
MIXED_TERMS = doubt("? terms beside - terms are undocumented")
