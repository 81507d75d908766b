../../rtl/waivers.vlt
../../rtl/cluster/fb_cluster_pkg.sv
../../rtl/cluster/fb_dma_place.sv
../../rtl/cluster/fb_dma_queue.sv
../../rtl/cluster/fb_dma_reader.sv
../../rtl/cluster/fb_dma_writer.sv
../../rtl/cluster/fb_dma.sv
