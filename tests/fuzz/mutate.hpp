// SPDX-License-Identifier: Apache-2.0
// How files are changed: bytes, texts, documents.
#pragma once

#include <string>
#include <string_view>

#include "base/document.hpp"
#include "random.hpp"

namespace freebits::fuzz {

/// 1 to 4 changes: bits flipped, numbers of 1 to 8 bytes overwritten, ranges removed, repeated,
/// moved, one byte many times over, cut short. At most some 300 KB longer than before.
[[nodiscard]] std::string mutated_bytes(std::string bytes, Random& random);

/// The same, and words and numbers of the text replaced: signs, brackets, 1e999, escapes.
[[nodiscard]] std::string mutated_text(std::string text, Random& random);

/// 1 to 4 changes anywhere in the document: values replaced by others (numbers at every edge, not a
/// number, texts with escapes or 100 KB long), members and entries removed, repeated, renamed,
/// swapped, values nested 1 to 5,000 deep. `any_double`: NaN and infinity too, which JSON has not.
[[nodiscard]] Json mutated_document(Json document, Random& random, bool any_double);

/// A file of JSON text, its document or its bytes changed.
[[nodiscard]] std::string mutated_json(const std::string& text, Random& random);

/// A file of write_sealed(): its document changed and sealed again, or the bytes of its
/// CBOR; seldom the file itself.
[[nodiscard]] std::string mutated_sealed(const std::string& file, Random& random);

/// Its first line made right for its body.
[[nodiscard]] std::string sealed(std::string_view kind_and_version, const std::string& body);

}  // namespace freebits::fuzz
