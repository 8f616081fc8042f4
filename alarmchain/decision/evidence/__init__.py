"""What was observed of each link: the members of AWS's items that decide it, complete.

One file for each link. The functions get what the link's judgement got, and read nothing.
"""
