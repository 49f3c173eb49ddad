/*
 * The workload reference_outlet in plain C: one loop over the events of a day, hard-wired to this outlet.
 *
 * The figures come from workload.h, which c_outlet.py writes from workload.py: CLOSES, SHIFT, SHIFTS,
 * STAFF, TERMINALS, MEDIAN, SIGMA, PATIENCE, BALK_AT, BALK, FAIL_OVER. Draws and formulas are those of
 * netsim.simulation.streams and netsim.simulation.samplers, operation by operation, so that results are
 * equal bit for bit (compile without contraction to fused multiply-adds).
 *
 * Events stand at absolute minutes. At the same minute: staff change, completion (repair before service),
 * patience, breakdown, arrival; then by row. Completions and patiences are in a binary heap; staff
 * changes, breakdowns and arrivals are sorted streams beside it.
 */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "workload.h"

enum { TERMINAL, COUNTER, STATIONS };
enum { CLASSES = 3 };
enum { SERVED = 0, ABANDONED = 1, UNRESOLVED = 2, SENT_AWAY = 3, GOES_ON = 6, BALKED = 7, INSIDE = -1 };
enum { REPAIR, COMPLETION, LOST_PATIENCE }; /* kinds of events in the heap, in order at the same minute */
enum { NOBODY = -1 };

/* ---- random numbers ---- */

enum { SERVICE_STREAM = 3 };

typedef unsigned __int128 wide;

/* One Philox4x64-10 block under a customer's words: uniforms for service, branch, patience and balking. */
static inline void draw(const uint64_t key[2], uint64_t occurrence, double uniform[4])
{
    uint64_t k0 = key[0], k1 = key[1];
    uint64_t x0 = 0, x1 = occurrence, x2 = 0, x3 = SERVICE_STREAM;
    for (int round = 0; round < 10; round++) {
        wide p0 = (wide)0xD2E7470EE14C6C93u * x0, p1 = (wide)0xCA5A826395121157u * x2;
        x0 = (uint64_t)(p1 >> 64) ^ x1 ^ k0;
        x1 = (uint64_t)p1;
        x2 = (uint64_t)(p0 >> 64) ^ x3 ^ k1;
        x3 = (uint64_t)p0;
        k0 += 0x9E3779B97F4A7C15u;
        k1 += 0xBB67AE8584CAA73Bu;
    }
    uniform[0] = (double)(x0 >> 11) * 0x1p-53;
    uniform[1] = (double)(x1 >> 11) * 0x1p-53;
    uniform[2] = (double)(x2 >> 11) * 0x1p-53;
    uniform[3] = (double)(x3 >> 11) * 0x1p-53;
}

/* Wichura's AS241; a uniform of 0 counts as 2**-54. */
static inline double normal_quantile(double uniform)
{
    double q = uniform - 0.5, top, bottom;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        top = ((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
            + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
            + 133.14166789178437745) * r + 3.387132872796366608;
        bottom = ((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
            + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
            + 42.313330701600911252) * r + 1.0;
        return q * top / bottom;
    }
    double tail = q < 0.0 ? (uniform > 0x1p-54 ? uniform : 0x1p-54) : 1.0 - uniform;
    double r = sqrt(-log(tail));
    if (r <= 5.0) {
        r -= 1.6;
        top = ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
            + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
            + 4.6303378461565452959) * r + 1.42343711074968357734;
        bottom = ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
            + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
            + 2.05319162663775882187) * r + 1.0;
    } else {
        r -= 5.0;
        top = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
            + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
            + 5.4637849111641143699) * r + 6.6579046435011037772;
        bottom = ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r
            + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r
            + 0.13692988092273580531) * r + 0.59983220655588793769) * r + 1.0;
    }
    return q < 0.0 ? -top / bottom : top / bottom;
}

static inline double lognormal(double uniform, double median, double sigma)
{
    return median * exp(sigma * normal_quantile(uniform));
}

static inline double exponential(double uniform, double mean)
{
    return -log1p(-uniform) * mean;
}

/* ---- the heap ---- */

/* An event as one number: bits of the minute (not negative, so they sort as it does), kind, row. */
typedef wide event;

#define NO_EVENT (~(event)0)

static inline event event_at(double minute, uint64_t kind, uint64_t row)
{
    uint64_t bits;
    memcpy(&bits, &minute, sizeof bits);
    return (event)bits << 64 | kind << 32 | row;
}

static inline double minute_of(event what)
{
    uint64_t bits = (uint64_t)(what >> 64);
    double minute;
    memcpy(&minute, &bits, sizeof minute);
    return minute;
}

/*
 * Entries 1 .. size, each not after 2i and 2i + 1; entry size + 1 is NO_EVENT. After the first event was
 * taken its place is vacant, so that the event which most often follows fills it in one pass.
 */
struct heap {
    event *entry;
    int64_t size;
    int vacant;
};

static inline void sift_down(struct heap *heap, event moved)
{
    event *entry = heap->entry;
    int64_t hole = 1, child = 2;
    while (child <= heap->size) {
        child += entry[child + 1] < entry[child];
        if (moved < entry[child])
            break;
        entry[hole] = entry[child];
        hole = child;
        child = 2 * hole;
    }
    entry[hole] = moved;
}

static inline void push(struct heap *heap, event added)
{
    if (heap->vacant) {
        heap->vacant = 0;
        sift_down(heap, added);
        return;
    }
    event *entry = heap->entry;
    int64_t hole = ++heap->size;
    entry[hole + 1] = NO_EVENT;
    while (hole > 1 && added < entry[hole / 2]) {
        entry[hole] = entry[hole / 2];
        hole /= 2;
    }
    entry[hole] = added;
}

static inline void close_vacancy(struct heap *heap)
{
    heap->vacant = 0;
    event last = heap->entry[heap->size];
    heap->entry[heap->size--] = NO_EVENT;
    if (heap->size > 0)
        sift_down(heap, last);
}

/* ---- one day ---- */

struct rows {
    int32_t *visit;
    int8_t *station;
    double *arrive, *call, *end;
    int8_t *outcome;
};

/* What the loop has to know of a row besides. */
struct ticket {
    double service;  /* uniform of the service time */
    int32_t behind;  /* next row in the same queue */
    int8_t priority;
    int8_t fails;    /* goes on to the counter after this service */
};

struct station {
    int64_t servers; /* on duty */
    int64_t taken;   /* busy or down; more than on duty just after some went off */
    int64_t waiting;
    int32_t first[CLASSES], last[CLASSES]; /* who waits, with those who left and are skipped when reached */
};

struct day {
    double now;
    struct station station[STATIONS];
    struct heap heap;
    struct rows rows;
    struct ticket *ticket;
    int64_t joined; /* rows so far */
    const double *failure, *repair;
    int64_t failed, down; /* failures so far, of which terminals went down */
};

static inline void start(struct day *day, int at, int32_t row)
{
    const struct ticket *ticket = &day->ticket[row];
    double end = day->now + lognormal(ticket->service, MEDIAN[at][ticket->priority], SIGMA[at]);
    day->station[at].taken++;
    day->rows.call[row] = day->now;
    day->rows.end[row] = end;
    day->rows.outcome[row] = ticket->fails ? GOES_ON : SERVED;
    push(&day->heap, event_at(end, COMPLETION, (uint64_t)row));
}

/* Take the next of those who wait off the queue. */
static inline int32_t pop_waiting(struct day *day, struct station *station)
{
    for (int priority = 0;; priority++) {
        int32_t row = station->first[priority];
        while (row != NOBODY && day->rows.outcome[row] != INSIDE)
            row = day->ticket[row].behind;
        if (row != NOBODY) {
            station->first[priority] = day->ticket[row].behind;
            station->waiting--;
            return row;
        }
        station->first[priority] = NOBODY;
    }
}

/* Give free servers on duty to failures first, then to the queue. */
static inline void call_next(struct day *day, int at)
{
    struct station *station = &day->station[at];
    while (station->taken < station->servers) {
        if (at == TERMINAL && day->down < day->failed) {
            station->taken++;
            push(&day->heap, event_at(day->now + day->repair[day->down++], REPAIR, 0));
        } else if (station->waiting > 0) {
            start(day, at, pop_waiting(day, station));
        } else {
            return;
        }
    }
}

/* Open a row for who comes to a station; uniform 3 decides about balking, which only new customers do. */
static inline void join(struct day *day, int at, int32_t visit, int priority, const uint64_t *words, int is_new)
{
    struct station *station = &day->station[at];
    struct rows *rows = &day->rows;
    double now = day->now;
    int32_t row = (int32_t)day->joined++;
    rows->visit[row] = visit;
    rows->station[row] = (int8_t)at;
    rows->arrive[row] = now;
    rows->call[row] = NAN;
    rows->end[row] = now;
    if (is_new && now >= CLOSES) {
        rows->outcome[row] = SENT_AWAY;
        return;
    }
    double uniform[4];
    draw(words, is_new ? 0 : 1, uniform);
    if (is_new && station->waiting >= BALK_AT[at] && uniform[3] < BALK) {
        rows->outcome[row] = BALKED;
        return;
    }
    struct ticket *ticket = &day->ticket[row];
    ticket->service = uniform[0];
    ticket->priority = (int8_t)priority;
    ticket->fails = at == TERMINAL && uniform[1] < FAIL_OVER[priority];
    if (station->taken < station->servers) { /* then nobody waits, or call_next would have called them */
        start(day, at, row);
        return;
    }
    ticket->behind = NOBODY;
    if (station->first[priority] == NOBODY)
        station->first[priority] = row;
    else
        day->ticket[station->last[priority]].behind = row;
    station->last[priority] = row;
    station->waiting++;
    rows->outcome[row] = INSIDE;
    double leaves = now + exponential(uniform[2], PATIENCE[at][priority]);
    push(&day->heap, event_at(leaves, LOST_PATIENCE, (uint64_t)row));
}

/* A service ends: the server turns to the queue, then the customer moves on. */
static inline void complete(struct day *day, int32_t row, const uint64_t *words)
{
    struct rows *rows = &day->rows;
    int at = rows->station[row];
    day->station[at].taken--;
    call_next(day, at);
    if (rows->outcome[row] == GOES_ON) {
        if (day->now >= CLOSES)
            rows->outcome[row] = UNRESOLVED;
        else
            join(day, COUNTER, rows->visit[row], day->ticket[row].priority, words + 2 * rows->visit[row], 0);
    }
}

/* The first event of the heap happens. */
static inline void happen(struct day *day, const uint64_t *words)
{
    event what = day->heap.entry[1];
    int32_t row = (int32_t)what;
    day->now = minute_of(what);
    day->heap.vacant = 1;
    switch ((int)((uint64_t)what >> 32)) {
    case COMPLETION:
        complete(day, row, words);
        break;
    case LOST_PATIENCE:
        if (day->rows.outcome[row] == INSIDE) {
            day->rows.outcome[row] = ABANDONED;
            day->rows.end[row] = day->now;
            day->station[day->rows.station[row]].waiting--;
        }
        break;
    default: /* REPAIR */
        day->station[TERMINAL].taken--;
        call_next(day, TERMINAL);
    }
    if (day->heap.vacant)
        close_vacancy(&day->heap);
}

/*
 * Return the number of rows of one day. Customers and failures are sorted by minute; ``rows`` has room for
 * two rows a customer, ``ticket`` too, ``entry`` for four events a customer, one a failure and four more.
 */
static int64_t outlet_day(int64_t customers, const double *minute, const int64_t *cls, const uint64_t *words,
    int64_t failures, const double *failure, const double *repair, struct rows rows, struct ticket *ticket,
    event *entry)
{
    struct day day = {
        .station = {{.servers = TERMINALS, .first = {NOBODY, NOBODY, NOBODY}},
            {.servers = STAFF[0], .first = {NOBODY, NOBODY, NOBODY}}},
        .heap = {.entry = entry},
        .rows = rows,
        .ticket = ticket,
        .failure = failure,
        .repair = repair,
    };
    int64_t arrived = 0, shift = 1;
    double change = SHIFTS > 1 ? SHIFT : INFINITY;
    double breakdown = failures > 0 ? failure[0] : INFINITY;
    entry[1] = NO_EVENT;
    for (;;) {
        double top = day.heap.size > 0 ? minute_of(entry[1]) : INFINITY;
        double arrival = arrived < customers ? minute[arrived] : INFINITY;
        double rare = change <= breakdown ? change : breakdown;
        if (top <= arrival && top < rare) {
            happen(&day, words);
        } else if (arrival < top && arrival < rare) {
            int32_t visit = (int32_t)arrived++;
            day.now = arrival;
            join(&day, (int)(cls[visit] & 1), visit, (int)(cls[visit] >> 1), words + 2 * visit, 1);
        } else if (change <= breakdown && change < INFINITY) { /* not after the others, or one had been taken */
            day.now = change;
            day.station[COUNTER].servers = STAFF[shift++];
            change = shift < SHIFTS ? SHIFT * (double)shift : INFINITY;
            call_next(&day, COUNTER);
        } else if (top <= breakdown && top < INFINITY) { /* a tie */
            happen(&day, words);
        } else if (breakdown < INFINITY) {
            day.now = breakdown;
            day.failed++;
            breakdown = day.failed < failures ? failure[day.failed] : INFINITY;
            call_next(&day, TERMINAL);
        } else {
            return day.joined;
        }
    }
}

/*
 * Run some days one after the other, each with the same memory. Day d has the customers
 * customer_offset[d] .. customer_offset[d + 1] and the failures likewise; its rows, whose visits count from
 * the day's first customer, begin at row_offset[d], which is set here. The columns have room for two rows a
 * customer of all days. Return 0, or 1 when there is no memory.
 */
int outlet_days(int64_t days, const int64_t *customer_offset, const double *minute, const int64_t *cls,
    const uint64_t *words, const int64_t *failure_offset, const double *failure, const double *repair,
    int64_t *row_offset, int32_t *visit, int8_t *station, double *arrive, double *call, double *end,
    int8_t *outcome)
{
    int64_t most = 0, most_failures = 0;
    for (int64_t day = 0; day < days; day++) {
        int64_t customers = customer_offset[day + 1] - customer_offset[day];
        int64_t failures = failure_offset[day + 1] - failure_offset[day];
        most = customers > most ? customers : most;
        most_failures = failures > most_failures ? failures : most_failures;
    }
    struct ticket *ticket = malloc((size_t)(2 * most + 1) * sizeof *ticket);
    /* whole cache lines, so that the two events below another share one */
    event *entry = aligned_alloc(64, (size_t)((4 * most + most_failures + 7) / 4 * 4) * sizeof *entry);
    row_offset[0] = 0;
    for (int64_t day = 0; ticket && entry && day < days; day++) {
        int64_t first = customer_offset[day], failed = failure_offset[day], row = row_offset[day];
        struct rows rows = {visit + row, station + row, arrive + row, call + row, end + row, outcome + row};
        row_offset[day + 1] = row
            + outlet_day(customer_offset[day + 1] - first, minute + first, cls + first, words + 2 * first,
                failure_offset[day + 1] - failed, failure + failed, repair + failed, rows, ticket, entry);
    }
    int failure_of_memory = !(ticket && entry);
    free(ticket);
    free(entry);
    return failure_of_memory;
}
