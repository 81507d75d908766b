// SPDX-License-Identifier: Apache-2.0
// Compiles what every test includes, once (tests/CMakeLists.txt).
