"""What AWS does not document about filter patterns.

The parser accepts each of these constructs. Where their plausible readings give different answers,
a comparison is unknown, with the text below as the reason. docs/language.md explains each.
"""

from alarmchain.three_valued import doubt

# "Filter pattern syntax" in the CloudWatch Logs user guide of 2018-21 said that such a * is
# literal. AWS removed the sentence in 2022.
INNER_STAR = doubt("a * inside a string is undocumented: it may be literal or a wildcard")
QUOTED_STAR = doubt('"*" in quotes is undocumented: it may mean any string or existence')
BACKSLASH = doubt("a backslash in a quoted string is undocumented")
BARE_SIGNS = doubt("a word with characters other than letters, digits, _ . * may need quotes")
KEYWORD_CASE = doubt("keywords in lower case are undocumented; write them in upper case")
UNDOTTED_KEY = doubt("$['key'] without the dot is undocumented; write $.['key']")
NUMBER_FORM = doubt("a number without digits on both sides of the decimal point is undocumented")
NUMBER_PRECISION = doubt("the precision with which numbers are compared is undocumented")
NUMBER_AND_TEXT = doubt("comparing a number with a string is undocumented")
BOOLEAN_VALUE = doubt("= and != with true or false are undocumented; use IS TRUE or IS FALSE")
NULL_VALUE = doubt("= and != with null are undocumented; use IS NULL")
ANY_ELEMENT_DIFFERS = doubt("!= and NOT EXISTS with a wildcard may mean any element or all of them")
WILDCARD_ELSEWHERE = doubt(
    "[*] on a value that is not an array, or .* on one that is not an object, is undocumented"
)
UNUSUAL_REGEX = doubt(
    "in a regular expression, an anchor in the middle and an empty alternative are undocumented, "
    "and very large repeats are not supported"
)
RAW_TEXT = doubt("the exact text of an event (spaces, order, escapes) is undocumented")
SPACE_DELIMITED = doubt("a space-delimited pattern on JSON events is undocumented")
MIXED_TERMS = doubt("? terms together with - terms are undocumented")
