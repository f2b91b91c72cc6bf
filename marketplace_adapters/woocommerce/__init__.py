"""WooCommerce REST v3 and the WordPress media library."""
