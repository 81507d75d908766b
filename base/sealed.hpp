// SPDX-License-Identifier: Apache-2.0
// Files of one line of text, "KIND VERSION CRC32 BYTES", and a document in CBOR (RFC 8949).
#pragma once

#include <filesystem>
#include <string_view>

#include "base/fields.hpp"

namespace freebits {

struct FileKind {
  std::string_view name;  ///< no blanks
  unsigned version = 1;
};

/// Both throw Error, naming the file.
[[nodiscard]] Json read_sealed(const std::filesystem::path& file, FileKind kind);
void write_sealed(const std::filesystem::path& file, FileKind kind, const Json& document);

}  // namespace freebits
