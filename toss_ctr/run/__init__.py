"The whole road, as papermill notebooks."
