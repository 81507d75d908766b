// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace freebits {

/// Checks that `bytes` are one complete item of CBOR with definite lengths, nested at most
/// kMostDepth deep. Throws Error, one line that begins with `where` and names the byte. The parser
/// recurses, so that it must not read a document that was not checked.
void check_cbor_structure(std::string_view bytes, const std::string& where);

}  // namespace freebits
