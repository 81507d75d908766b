// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace freebits {

/// Throws Error, one line that begins with `where` and names the byte, unless
/// `bytes` are one item of CBOR, complete, with definite lengths within them, nested at most
/// kMostDepth. The library that makes the document of them recurses: after this it may.
void check_cbor_structure(std::string_view bytes, const std::string& where);

}  // namespace freebits
