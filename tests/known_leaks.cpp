// SPDX-License-Identifier: Apache-2.0
// What LeakSanitizer does not report, in every test program built with the sanitizers.

// Verilator 5.006 joins names in a buffer of each thread that it never frees (50 bytes a thread
// that makes a model). Whether a pointer to it is still found at exit is a matter of luck.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: the sanitizer's name
const char* __lsan_default_suppressions() { return "leak:Verilated::catName\n"; }  // NOLINT
