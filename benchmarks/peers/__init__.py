"""Other engines that simulate the workload ``reference_outlet``, to be measured against ours."""
