"""Evidence by its definition: at each time everything is computed anew from the list of all reports. Slow and plain."""

import math
from itertools import pairwise

FRAME_S = 1.0


def held(reports, time_s, hold_s):
    """The evidence of a worn sensor from its ``(time_s, WornReport)``."""
    recent = [r.probability for heard_s, r in reports if time_s - hold_s < heard_s <= time_s]
    return max((p for p in recent if not math.isnan(p)), default=math.nan)


def camera(reports, time_s, evidence):
    """Evidence, lying_still and upright from ``(time_s, CameraReport)``, with the settings of a ``RecentFrames``."""
    times = sorted({heard_s for heard_s, _ in reports if heard_s <= time_s})
    if not times or time_s - times[-1] >= evidence.silent_s:
        return math.nan, None, None
    people = {t: [one for heard_s, r in reports if heard_s == t for one in r.people] for t in times}
    moved = {t: any(r.moved for heard_s, r in reports if heard_s == t) for t in times}
    lasts = {t: min(t - before, FRAME_S) for before, t in pairwise(times)}

    def judged(t, track):
        values = [math.nan if in_zone(one, evidence.zones) else one.probability for one in of(t, track)]
        return max((p for p in values if not math.isnan(p)), default=math.nan)

    def of(t, track):
        return [one for one in people[t] if one.track == track]

    def is_broken(start_s, end_s):
        """Whether a track that was found at the start, and then not before the end, has been dropped."""
        between = [t for t in times if start_s < t < end_s]
        first_s = min((t for t in between if moved[t]), default=math.inf)
        missed_s = math.fsum(lasts[t] for t in between if t >= first_s)
        outlived_s = math.fsum(lasts[t] for t in between if people[t])
        return missed_s > evidence.lost_s or outlived_s > evidence.idle_s

    def mean_at_the_end_of(life, track):
        within = [t for t in life if t > life[-1] - evidence.averaged_s]
        averaged = max(within, life[-evidence.min_frames :], key=len)
        recent = [judged(t, track) for t in averaged]
        return math.nan if len(life) < evidence.min_frames else math.fsum(recent) / len(recent)

    means, is_up, is_seen, is_hidden = [], [], [], False
    for track in sorted({one.track for t in times for one in people[t]}):
        found = [t for t in times if of(t, track)]
        breaks = [n for n, (a, b) in enumerate(pairwise(found), start=1) if is_broken(a, b)]
        life = found[max(breaks, default=0) :]
        mean = mean_at_the_end_of(life, track)
        if is_broken(found[-1], math.inf):
            is_hidden = is_hidden or (mean >= 0.5 and time_s - life[-1] < evidence.hidden_s)
            continue
        means.append(mean)
        is_up.append(all(one.box.h > one.box.w for one in of(life[-1], track)))
        missed = any(moved[t] for t in times if t > life[-1])
        is_seen.append(time_s - life[-1] <= evidence.averaged_s and not missed)

    still_since_s = max((t for t in times if moved[t]), default=times[0])
    is_fallen = any(mean >= 0.5 for mean in means)
    all_judged = bool(means) and not any(math.isnan(mean) for mean in means)
    if is_fallen:
        lying = True if times[-1] - still_since_s >= evidence.still_s else (False if len(means) == 1 else None)
        upright = False
    else:
        lying = False if all_judged else None
        upright = all(is_up) if all_judged and all(is_seen) and not is_hidden else None
    return max((mean for mean in means if not math.isnan(mean)), default=math.nan), lying, upright


def in_zone(person, zones):
    """Whether nine tenths of the person's pixels, counted one by one, lie in one zone; edges are whole pixels."""
    box = person.box
    pixels = [(x, y) for x in range(int(box.x), int(box.x + box.w)) for y in range(int(box.y), int(box.y + box.h))]
    for zone in (z.box for z in zones):
        inside = [1 for x, y in pixels if zone.x <= x < zone.x + zone.w and zone.y <= y < zone.y + zone.h]
        if 10 * len(inside) >= 9 * len(pixels):
            return True
    return False
