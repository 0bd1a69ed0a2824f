"""Schools, prefectures and region groups: the map on which local committees stand."""
