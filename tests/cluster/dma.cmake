freebits_verilate(vdma TOP fb_dma PREFIX Vdma FILES ${CMAKE_CURRENT_SOURCE_DIR}/dma.f)
freebits_add_test(dma_test SOURCES dma_test.cpp LIBS vdma LABELS cluster)
