// SPDX-License-Identifier: Apache-2.0
// The one place that parses documents which may come from outside of freebits.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace freebits {

using Json = nlohmann::ordered_json;

/// Maximum depth of lists and objects within each other, in JSON, CBOR and TOML. No document of
/// freebits needs ten; code that walks a document, its destructor included, recurses once a level.
inline constexpr unsigned kMostDepth = 100;

/// The document of a JSON text. Throws Error, one line that begins with `where` and
/// says at which line and column, when it is not JSON (RFC 8259), is nested deeper than kMostDepth,
/// holds a key twice or a number beyond the range of a double.
[[nodiscard]] Json parse_json(std::string_view text, const std::string& where);

/// The document of CBOR (RFC 8949) with definite lengths, as write_sealed() writes it. Throws
/// Error, one line that begins with `where`, like parse_json(), and when a length
/// reaches beyond `bytes`.
[[nodiscard]] Json parse_cbor(std::string_view bytes, const std::string& where);

}  // namespace freebits
