-- Users who joined in each year, 2015 to 2020; a year without any has no row. No ties, no medians.
with

users as (
    select year(date_joined) as join_year from user
),

final as (
    select join_year, count(*) as number_users_joined
    from users
    where join_year between 2015 and 2020
    group by join_year
)

select * from final order by join_year
