// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace freebits {

// Who may have put there what we find: the one place that decides about folders whose content is
// executed or believed.

/// $XDG_CACHE_HOME/freebits, or ~/.cache/freebits; nothing when neither variable holds an absolute
/// path (the XDG base directory specification ignores others).
[[nodiscard]] std::optional<std::filesystem::path> user_cache_folder();

/// Makes the folder where there is none, for this user alone. Throws Error, naming it and ending in
/// `remedy` ("set …"), when it is not ours alone: a symbolic link, somebody else's (root's is
/// trusted), writable by others, or in a folder where anybody may exchange it.
void require_private_folder(const std::filesystem::path& folder, const std::string& remedy);

/// Of a folder that came with the program: throws Error when it exists and belongs neither to this
/// user, nor root, nor whoever owns the program, or when anybody may write to it.
void require_program_folder(const std::filesystem::path& folder);

}  // namespace freebits
