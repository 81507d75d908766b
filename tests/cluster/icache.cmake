# Fetch buffers and shared instruction cache alone, each number of ports with another geometry.
function(icache_geometry ports bytes ways banks buffer)
  freebits_verilate(vicache${ports} TOP icache_harness PREFIX Vicache${ports}
                    FILES ${CMAKE_CURRENT_SOURCE_DIR}/icache.f
                    PARAMETERS -GNumPorts=${ports} -GBytes=${bytes} -GWays=${ways} -GBanks=${banks}
                               -GBufferBytes=${buffer})
endfunction()
icache_geometry(1 512 1 1 256)
icache_geometry(2 1024 2 2 1024)
icache_geometry(4 2048 8 4 4096)
icache_geometry(8 4096 4 2 512)
icache_geometry(16 8192 4 4 512)

freebits_add_test(icache_test
  SOURCES icache_test.cpp icache_timing_test.cpp
  LIBS vicache1 vicache2 vicache4 vicache8 vicache16
  LABELS cluster)
