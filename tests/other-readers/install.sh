# Sourced by tests/run.sh and tests/fuzz.sh: brings the mail readers that ours is held against, in the versions of package-lock.json.

# Without them the spec that needs them says that it did not run, and what is missing.
install_other_readers() {
    local folder=$root/artifacts/other-readers lock=$root/tests/other-readers/package-lock.json
    if cmp -s "$lock" "$folder/package-lock.json" && [ -d "$folder/node_modules/mailparser" ]; then return; fi
    if ! command -v npm >/dev/null; then
        echo "There is no npm, so no mailparser is installed and our reading is not held against it."
        return
    fi
    mkdir -p "$folder"
    cp "$root/tests/other-readers/package.json" "$lock" "$folder/"
    npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error >/dev/null || echo "npm could not install mailparser, so our reading is not held against it; what it said is above."
}
