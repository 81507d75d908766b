// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace freebits::profiler {

/// Hashes of what measurements depend on, 16 hex digits each: the RTL, the bare-metal software with
/// its compiler, the model of L2 and L3, the tiles and transfers that deployment chooses, and how
/// the latency of a layer is measured.
extern const char* const kRtlHash;
extern const char* const kSwHash;
extern const char* const kMemoryHash;
extern const char* const kScheduleHash;
extern const char* const kMethodHash;

}  // namespace freebits::profiler
