"""What lies in a folder of old code: posting scripts, notebooks, DAGs, told apart by what stands in them."""
