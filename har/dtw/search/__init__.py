from har.dtw.search.index import NeighborIndex as NeighborIndex
