"""Evidence by its definition: at each time everything is computed anew from the list of all reports. Slow and plain."""

import math
from itertools import pairwise
from statistics import median

FRAME_S = 1.0
SAME_WITHIN_S = 4.0


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

    def seen(t, track):
        """The box of the most probable one of the track's people, an unjudged one last."""

        def rank(one):
            p = math.nan if in_zone(one, evidence.zones) else one.probability
            return (-1 if math.isnan(p) else p, one.box.y, one.box.h, one.box.x, one.box.w)

        return max(of(t, track), key=rank).box

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

    def life_until(t, track):
        """When the track was found up to a time, since it was last dropped."""
        found = [at for at in times if at <= t and of(at, track)]
        breaks = [n for n, (a, b) in enumerate(pairwise(found), start=1) if is_broken(a, b)]
        return found[max(breaks, default=0) :]

    def descent(t, track):
        """The recent boxes of a track that is found at a time, and whether its person has come down."""
        life = life_until(t, track)
        boxes, was_down = descent(life[-2], track) if len(life) > 1 else before(t, seen(t, track))
        boxes = [(at, box) for at, box in boxes if at > t - evidence.drop_s] + [(t, seen(t, track))]
        top = median(box.y for _, box in boxes[-3:])
        drop = (top - min(box.y for _, box in boxes)) / max(box.h for _, box in boxes)
        may_lie = len(life) < evidence.min_frames or mean_at_the_end_of(life, track) >= 0.5
        return boxes, drop >= evidence.min_drop or (was_down and may_lie)

    def before(t, box):
        """The descent of whoever was lost where a new track begins."""
        nearest = (1.0, math.inf, None)
        for track in {one.track for at in times if at < t for one in people[at]}:
            last_s = max(at for at in times if at < t and of(at, track))
            if of(t, track) or is_broken(last_s, t) or t - last_s > SAME_WITHIN_S:
                continue
            last = seen(last_s, track)
            way = math.hypot(box.x + box.w / 2 - (last.x + last.w / 2), box.y + box.h - (last.y + last.h))
            nearest = min(nearest, (way / max(box.w, box.h, last.w, last.h), track, last_s))
        return ([], False) if nearest[2] is None else descent(nearest[2], nearest[1])

    def probability(mean, is_down):
        odds = mean * (1 if is_down else evidence.odds_without_drop)
        return mean if is_down or evidence.odds_without_drop == 1 else odds / (odds + (1 - mean))

    means, is_up, is_seen, is_hidden, probabilities = [], [], [], False, []
    for track in sorted({one.track for t in times for one in people[t]}):
        found = [t for t in times if of(t, track)]
        life = life_until(found[-1], track)
        mean = mean_at_the_end_of(life, track)
        if is_broken(found[-1], math.inf):
            is_hidden = is_hidden or (mean >= 0.5 and time_s - life[-1] < evidence.hidden_s)
            continue
        means.append(mean)
        probabilities.append(probability(mean, descent(life[-1], track)[1]))
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
    return max((p for p in probabilities if not math.isnan(p)), default=math.nan), lying, upright


def in_zone(person, zones):
    """Whether the center of the person's box lies in a zone, all of which are rectangles."""
    x, y = person.box.x + person.box.w / 2, person.box.y + person.box.h / 2
    for xs, ys in (zip(*zone.outline, strict=True) for zone in zones):
        if min(xs) <= x < max(xs) and min(ys) <= y < max(ys):
            return True
    return False
