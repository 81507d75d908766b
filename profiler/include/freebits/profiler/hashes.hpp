// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace freebits::profiler {

/// What this library's measurements depend on, 16 hex digits each: the RTL, the bare-metal
/// software, the model of L2 and L3, what deployment moves when.
extern const char* const kRtlHash;
extern const char* const kSwHash;
extern const char* const kMemoryHash;
extern const char* const kScheduleHash;

}  // namespace freebits::profiler
