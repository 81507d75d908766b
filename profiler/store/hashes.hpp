// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace freebits::profiler {

/// What this library's measurements depend on, 16 hex digits each: the RTL, the bare-metal software
/// with its compiler, the model of L2 and L3, tiles and what deployment moves when, and how a
/// layer's latency is measured.
extern const char* const kRtlHash;
extern const char* const kSwHash;
extern const char* const kMemoryHash;
extern const char* const kScheduleHash;
extern const char* const kMethodHash;

}  // namespace freebits::profiler
