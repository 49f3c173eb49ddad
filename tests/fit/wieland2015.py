"""
Where people of 19 places bought electronics, and how far five stores were: a published data set.

T. Wieland, *Raeumliches Einkaufsverhalten und Standortpolitik im Einzelhandel unter Beruecksichtigung von
Agglomerationseffekten* (2015), Geographische Handelsforschung 23; the figures as in ``Wieland2015.xlsx`` of the
package ``huff`` 1.9.14 by the same author, where his fit stands as an example.

His treatment, which the known answer holds for: 2 minutes are added to every way (``Dist_Min2``), and 1 to every
count (``Anb_Eink1``), so that no count is 0. Shares were taken of all 12 stores named in the survey; in logs centred
within the five, any common divisor drops out.
"""

from __future__ import annotations

import numpy as np

STORES = ("E01", "E02", "E03", "E04", "E07")
FLOOR = np.array([2700.0, 1450.0, 1350.0, 1200.0, 200.0])
"""Floor space, m2 (``VF``)."""
K = np.array([53334.493024, 821334.697959, 370687.030569, 111817.873254, 251923.588841])
K_KKR = np.array([3806.523213, 49.250986, 7586.426896, 14.963547, 417.739725])
"""The author's two measures of a store's surroundings (``K``, ``K_KKr``)."""
ACCESS = 2.0
"""Minutes added to every way."""

MINUTES = np.array(
    [
        [3.192261, 7.417472, 2.845736, 18.096563, 0.415337],
        [11.224120, 16.375736, 10.877595, 24.111914, 10.190009],
        [6.738317, 7.296913, 6.391792, 17.985861, 3.641706],
        [7.627440, 8.186036, 7.280915, 18.874984, 4.530829],
        [15.845317, 10.581886, 15.498792, 19.346551, 12.748706],
        [9.074528, 5.153683, 8.728003, 15.832773, 5.466931],
        [11.928148, 1.660598, 11.581623, 9.360676, 8.320550],
        [16.583212, 6.315662, 16.236687, 15.080327, 12.975615],
        [16.142056, 5.874506, 15.795531, 6.452171, 12.534459],
        [19.606455, 9.338904, 19.259930, 8.555105, 15.998857],
        [18.081141, 7.813591, 17.734616, 5.446647, 14.473544],
        [22.015661, 11.748110, 21.669135, 1.276465, 18.408063],
        [26.710778, 16.443228, 26.364253, 5.971583, 23.103181],
        [28.493313, 18.225763, 28.146788, 7.784186, 24.885715],
        [21.282412, 11.014862, 20.935887, 4.606815, 17.674815],
        [14.389211, 12.697737, 14.042686, 14.472163, 10.781614],
        [17.590859, 15.899384, 17.244333, 12.782278, 13.983261],
        [23.252948, 12.985398, 22.906423, 2.513752, 19.645350],
        [21.989022, 20.297548, 21.642497, 10.599193, 18.381424],
    ]
)
"""Driving minutes (``Dist_Min``), shape (19 places, 5 stores)."""

COUNTS = np.array(
    [
        [33, 0, 104, 0, 3],
        [9, 2, 22, 0, 0],
        [6, 6, 17, 0, 0],
        [8, 7, 10, 0, 1],
        [3, 20, 2, 0, 0],
        [2, 23, 8, 0, 0],
        [23, 66, 10, 1, 0],
        [7, 26, 3, 0, 0],
        [7, 13, 6, 2, 0],
        [1, 12, 0, 1, 0],
        [1, 10, 0, 10, 0],
        [9, 21, 8, 43, 0],
        [2, 8, 3, 19, 0],
        [8, 11, 1, 19, 0],
        [4, 2, 4, 3, 0],
        [10, 20, 10, 2, 0],
        [9, 15, 1, 2, 0],
        [9, 15, 5, 32, 0],
        [7, 12, 6, 7, 1],
    ],
    dtype=float,
)
"""People who bought there (``Anb_Eink``), shape (19 places, 5 stores)."""

PUBLISHED = {"floor": 0.951332, "minutes": -1.632425, "k": 0.335684, "k_kkr": 0.101243}
R_SQUARED = 0.769693


def columns() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return origins, counts and attributes of the 95 pairs, with the 2 minutes added."""
    shape = COUNTS.shape
    attributes = {"floor": FLOOR, "minutes": MINUTES + ACCESS, "k": K, "k_kkr": K_KKR}
    flat = {name: np.broadcast_to(column, shape).ravel() for name, column in attributes.items()}
    return np.repeat(np.arange(shape[0]), shape[1]), COUNTS.ravel(), flat
