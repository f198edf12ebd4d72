mkdir -p $out/nix-support
sed -e "s|@shell@|$shell|g" -e "s|@triplet@|$triplet|g" -e "s|@initialPath@|$initialPath|g" \
  -e "s|@defaultNativeBuildInputs@|$defaults|g" $setup > $out/setup
