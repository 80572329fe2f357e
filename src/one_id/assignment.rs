//! Names for the clusters of a merge (filled below).
