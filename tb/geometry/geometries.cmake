# The cluster as shared objects, one per geometry and visibility (geometry.hpp): the usual ones are built here, so that nobody
# waits for them at run time; all others on first use. Target `geometries`: those of the tests.

# Types that cross the seam between the library and a geometry: the same list as in geometry_recipe.cpp.
set(interface_hashes "")
set(interface_headers "")
foreach(header isa/retired.hpp core/accounting.hpp geometry/cycle_view.hpp memory/outside.hpp geometry/cluster_engine.hpp)
  set(header ${PROJECT_SOURCE_DIR}/tb/${header})
  file(SHA256 ${header} hash)
  string(APPEND interface_hashes ${hash})
  list(APPEND interface_headers ${header})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
endforeach()
string(SHA256 interface_hash "${interface_hashes}")
set_property(SOURCE geometry_recipe.cpp APPEND PROPERTY COMPILE_DEFINITIONS FREEBITS_INTERFACE_HASH="${interface_hash}")

add_executable(build_geometry build_geometry.cpp)
target_link_libraries(build_geometry PRIVATE freebits_tb_geometry fmt::fmt freebits_warnings)

file(STRINGS ${PROJECT_SOURCE_DIR}/rtl/cluster.f geometry_sources REGEX "\\.sv$")
list(TRANSFORM geometry_sources PREPEND ${PROJECT_SOURCE_DIR}/rtl/)
list(APPEND geometry_sources ${PROJECT_SOURCE_DIR}/rtl/cluster.f)
foreach(file fb_cluster_harness.sv cluster.vlt cluster_observed.vlt cluster_engine.hpp cluster_model.cpp
        cluster_probe.hpp cluster_restart.hpp cluster_skip.hpp cluster_state.hpp cluster_trace.hpp cycle_view.hpp)
  list(APPEND geometry_sources ${CMAKE_CURRENT_SOURCE_DIR}/${file})
endforeach()
set_property(GLOBAL PROPERTY FREEBITS_GEOMETRY_SOURCES ${geometry_sources} ${interface_headers})

# The library itself decides under which names files are kept, so each command has a stamp of its own.
function(freebits_geometry cores visibility out)
  set(stamp ${FREEBITS_GEOMETRY_FOLDER}/${cores}-${visibility}.stamp)
  add_custom_command(
    OUTPUT ${stamp}
    COMMAND build_geometry ${FREEBITS_GEOMETRY_FOLDER} ${cores} ${visibility}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS build_geometry ${geometry_sources}
    COMMENT "Geometry of ${cores} core(s), ${visibility}"
    VERBATIM)
  set(${out} ${stamp} PARENT_SCOPE)
endfunction()

add_custom_target(default_geometries ALL)
add_custom_target(geometries)
add_dependencies(geometries default_geometries)
foreach(cores 1 2 4 8 16)
  foreach(visibility plain observed)
    freebits_geometry(${cores} ${visibility} stamp)
    set(group geometries)
    if(visibility STREQUAL "plain" AND cores MATCHES "^[18]$")
      set(group default_geometries)
    endif()
    add_custom_target(geometry_${cores}_${visibility} DEPENDS ${stamp})
    add_dependencies(${group} geometry_${cores}_${visibility})
  endforeach()
endforeach()
freebits_geometry(1 traced stamp)
add_custom_target(geometry_1_traced DEPENDS ${stamp})
add_dependencies(geometries geometry_1_traced)

foreach(observe 0 1)
  add_test(NAME tb.lint_cluster_harness_${observe}
           COMMAND ${VERILATOR} --lint-only -Wall --top-module fb_cluster_harness -GObserve=1'b${observe}
                   ${PROJECT_SOURCE_DIR}/rtl/waivers.vlt -F ${PROJECT_SOURCE_DIR}/rtl/cluster.f
                   ${CMAKE_CURRENT_SOURCE_DIR}/fb_cluster_harness.sv)
  set_tests_properties(tb.lint_cluster_harness_${observe} PROPERTIES LABELS rtl)
endforeach()
