// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace freebits {

// The one place that decides whether the content of a folder may be executed or believed, by who
// could have written to it.

/// $XDG_CACHE_HOME/freebits, or ~/.cache/freebits; nothing when neither variable holds an absolute
/// path (the XDG base directory specification ignores others).
[[nodiscard]] std::optional<std::filesystem::path> user_cache_folder();

/// Makes the folder where there is none, for this user alone. Throws Error, naming it and ending in
/// `remedy` ("set …"), when it is not this user's alone: a symbolic link, owned by another
/// user but root, writable by others, or in a folder where others could replace it.
void require_private_folder(const std::filesystem::path& folder, const std::string& remedy);

/// For a folder that came with the program: throws Error if it exists and is owned by neither this
/// user, root nor the owner of the program, or if others may write to it.
void require_program_folder(const std::filesystem::path& folder);

}  // namespace freebits
