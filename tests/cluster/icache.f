icache.vlt
../../rtl/cluster/fb_cluster_pkg.sv
../../rtl/cluster/fb_fetch_buffer.sv
../../rtl/cluster/fb_icache_bank.sv
../../rtl/cluster/fb_icache.sv
icache_harness.sv
